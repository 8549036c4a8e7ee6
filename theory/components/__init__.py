"""The Cobaya theories: HotAxion, BBN, HotClassy, EmulatedClassy, and what they share."""
