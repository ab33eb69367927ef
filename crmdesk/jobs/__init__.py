"""Work that takes time: progress, cancel, and the processes it runs in. No Qt."""

from crmdesk.jobs.progress import Cancelled, Progress, Silent

__all__ = ["Cancelled", "Progress", "Silent"]
