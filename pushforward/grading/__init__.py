"""A derivation made by hand, marked equality by equality."""
