# What `locust --show-task-ratio` (2.47) made the files beside this from: `-u 10` for fixed.*, and
# `Visitor Customer` without `-u` for weights.json.
from locust import HttpUser, TaskSet, SequentialTaskSet, task

class Visitor(HttpUser):
    weight = 3

    @task(5)
    def look(self): pass

    @task(1)
    class Forum(SequentialTaskSet):
        @task
        def read(self): pass

        @task
        class Thread(TaskSet):
            @task(3)
            def reply(self): pass

            @task
            def leave(self): pass

        @task
        def back(self): pass

class Customer(HttpUser):
    weight = 1

    @task(2)
    def buy(self): pass

    @task
    def rate(self): pass

class Admin(HttpUser):
    fixed_count = 2

    @task
    def check(self): pass
