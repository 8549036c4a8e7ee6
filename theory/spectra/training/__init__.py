"""How an emulator of CLASS is made: design, points, regression, accuracy."""
