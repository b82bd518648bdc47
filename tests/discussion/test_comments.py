"""Comments: written, answered with a notice, archived by whom they belong to."""
