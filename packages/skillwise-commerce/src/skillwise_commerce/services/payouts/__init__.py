"""Paying instructors, one module per step: their account, the payout, its statement."""
