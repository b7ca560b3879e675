"""Categories, courses, modules, lessons and the storefront lists of SkillWise."""
