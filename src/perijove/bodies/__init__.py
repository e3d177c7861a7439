"""Facts about bodies and spacecraft as frozen records: value, unit, uncertainty, source."""
