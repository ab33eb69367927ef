"""What customers may take next: chances of rules, judged on later purchases, and offers."""
