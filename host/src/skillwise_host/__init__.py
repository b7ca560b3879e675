"""Composes the SkillWise contexts into one deployable and gives it the `skillwise` command."""
