"""The Qt face of crmdesk."""
