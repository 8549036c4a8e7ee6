"""What an input says: reading it safely, finding its theories, examining it."""
