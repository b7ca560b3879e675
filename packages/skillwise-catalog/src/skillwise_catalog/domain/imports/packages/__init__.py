"""The house's own format: a zip of `course.json` and the files that it lists. See docs/course-package.md."""
