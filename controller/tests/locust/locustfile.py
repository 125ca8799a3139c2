"""tests/testing_types/scenario.yml, for Locust."""

import gevent
from locust import HttpUser, between, events, stats, task


class Tester(HttpUser):
    wait_time = between(0.2, 0.6)
    users = 0

    def on_start(self):
        self.number = Tester.users
        Tester.users += 1

    @task(3)
    def list(self):
        with self.client.get("/tests", catch_response=True) as response:
            expect(response, 200)

    @task(1)
    def create(self):
        new = {"name": f"smoke-{self.number}", "type": "functional"}
        with self.client.post("/tests", json=new, catch_response=True) as response:
            expect(response, 201)


def expect(response, status):
    if response.status_code != status:
        response.failure(f"expected status {status}, got {response.status_code}")


@events.test_stop.add_listener
def write_once_more(**_):
    """Locust writes its files each second, and not at its end: without this, they lack the last
    second's requests."""
    gevent.sleep(stats.CSV_STATS_INTERVAL_SEC * 1.5)
