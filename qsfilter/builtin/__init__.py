"""Plugins that need nothing but the standard library, registered like any other."""
