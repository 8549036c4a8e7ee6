"""Mock data of surveys to come, and emulators for them."""
