"""REST mechanism: what every endpoint of SkillWise does alike, so that a context's views only parse,
authorise, call and render.
"""
