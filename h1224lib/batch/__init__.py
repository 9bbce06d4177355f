"""What runs notebooks, and puts together what a run leaves."""
