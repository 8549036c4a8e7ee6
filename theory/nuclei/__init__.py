"""Light elements: interpolation in tables of nuclear networks, and how these are made."""
