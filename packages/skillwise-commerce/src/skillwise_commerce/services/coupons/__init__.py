"""Coupons: using them, making them, ending them."""
