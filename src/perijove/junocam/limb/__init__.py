"""Where the body is in a picture: found by `detection`, its limb placed by `edges`, the poses fitted by `fit`."""
