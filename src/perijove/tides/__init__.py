"""Response of a layered body to tides: Love numbers (`love`), `heating` in volume and as map, `displacement`."""
