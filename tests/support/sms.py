"""A gateway for text messages on a port of loopback."""

from alertd.testing.server import Asked, HttpServer, http_server

SmsGateway = HttpServer
sms_gateway = http_server

__all__ = ["Asked", "SmsGateway", "sms_gateway"]
