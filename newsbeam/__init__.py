"""newsbeam watches news feeds for topics and tells once per story, with the evidence."""
