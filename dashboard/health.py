"""Is it alive, is it ready, and its numbers: for supervisors, load balancers and Prometheus."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
