"""What SkillWise costs, measured: see README.md."""
