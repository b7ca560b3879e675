"""Read models behind the dashboards and analytics of SkillWise."""
