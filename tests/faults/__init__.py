"""What is promised when a process is killed or the system refuses something: all of it, always."""
