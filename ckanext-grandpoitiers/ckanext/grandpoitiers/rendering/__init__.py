"""What templates ask for, and what of it is kept from one page to the next."""
