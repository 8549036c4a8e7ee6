"""Physics of thermal QCD axions, and the Cobaya theories HotAxion, BBN and HotClassy."""
