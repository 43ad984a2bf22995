"""The page that says which registers of institutions this deployment has loaded, and on which it relies."""
