"""Everything that SkillWise runs on one machine, under one supervisor, in one data folder."""
