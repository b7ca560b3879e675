"""Mechanism that every SkillWise context shares: events and outbox, errors, money, ids, REST plumbing."""
