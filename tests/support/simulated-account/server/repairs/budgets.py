"""UpdateBudget, the subscribers of a notification, and tags are missing."""

import json

from moto.budgets.responses import BudgetsResponse


def budget_of(response):
    account, name = response._get_param("AccountId"), response._get_param("BudgetName")
    response.backend.describe_budget(account, name)  # raises AWS's error where there is none
    return response.backend.budgets[account][name]


def describe_subscribers_for_notification(response):
    wanted = response._get_param("Notification")
    for notification in budget_of(response).notifications:
        described = {key: value for key, value in notification.details.items() if key != "NotificationState"}
        if all(wanted.get(key) == value for key, value in described.items()):
            return json.dumps({"Subscribers": notification.subscribers})
    return json.dumps({"Subscribers": []})


def update_budget(response):
    new = response._get_param("NewBudget")
    response.backend.budgets[response._get_param("AccountId")][new["BudgetName"]].budget.update(new)
    return "{}"


def tags_of(response):
    kept = response.backend.__dict__.setdefault("tags_by_arn", {})
    return kept.setdefault(response._get_param("ResourceARN"), {})


def list_tags_for_resource(response):
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags_of(response).items()]})


def tag_resource(response):
    tags_of(response).update({tag["Key"]: tag["Value"] for tag in response._get_param("ResourceTags")})
    return "{}"


def untag_resource(response):
    for key in response._get_param("ResourceTagKeys"):
        tags_of(response).pop(key, None)
    return "{}"


create_budget = BudgetsResponse.create_budget


def create_budget_with_tags(response):
    answer = create_budget(response)
    account, name = response._get_param("AccountId"), response._get_param("Budget")["BudgetName"]
    kept = response.backend.__dict__.setdefault("tags_by_arn", {})
    given = response._get_param("ResourceTags") or []
    kept[f"arn:aws:budgets::{account}:budget/{name}"] = {tag["Key"]: tag["Value"] for tag in given}
    return answer


def apply():
    BudgetsResponse.create_budget = create_budget_with_tags
    BudgetsResponse.describe_subscribers_for_notification = describe_subscribers_for_notification
    BudgetsResponse.update_budget = update_budget
    BudgetsResponse.list_tags_for_resource = list_tags_for_resource
    BudgetsResponse.tag_resource = tag_resource
    BudgetsResponse.untag_resource = untag_resource
