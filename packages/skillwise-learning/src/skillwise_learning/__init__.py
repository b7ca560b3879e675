"""Enrolments, lesson access, progress and reviews of SkillWise."""
