"""Finds, loads, guards and lists plugins."""

from crmdesk.plugin_host.host import Host, PluginInfo

__all__ = ["Host", "PluginInfo"]
