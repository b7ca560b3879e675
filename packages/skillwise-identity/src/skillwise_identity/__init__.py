"""Accounts, roles, tokens, profiles and notifications of SkillWise."""
