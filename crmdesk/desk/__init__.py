"""The Qt face: windows, forms, tables, stock views, and the bridge to jobs."""

from crmdesk.desk.singletons import keep_singletons

keep_singletons()
