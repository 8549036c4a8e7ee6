"""Production rates of axions in the plasma: pions (`pipi`, `pions`), gluons, and their tables."""
