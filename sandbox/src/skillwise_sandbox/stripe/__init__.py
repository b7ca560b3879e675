"""A stateful stand-in for the part of Stripe's API that a course sale touches."""
