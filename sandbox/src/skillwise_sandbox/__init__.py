"""Stateful stand-ins for the third parties SkillWise talks to: Stripe and an SMTP server."""
