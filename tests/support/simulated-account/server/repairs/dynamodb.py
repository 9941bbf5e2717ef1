"""A TransactWriteItems copies the whole table once for each of its items, which takes minutes where a table holds
thousands, and one that fails puts the table back as it was, with what others wrote meanwhile. Here it puts back the items
that it names; one call at a time. Whoever removes a table that is not there is told its name, as AWS does."""

import copy
import threading

from moto.dynamodb import models
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

call_action = DynamoHandler.call_action
transact_write_items = DynamoDBBackend.transact_write_items
delete_table = DynamoDBBackend.delete_table
one_at_a_time = threading.RLock()


def call_alone(handler):
    with one_at_a_time:
        return call_action(handler)


class CopyWithoutTables:
    """Stands for the module `copy` in moto's models: the table that a failing transaction puts back is itself."""

    @staticmethod
    def deepcopy(thing):
        return thing if isinstance(thing, Table) else copy.deepcopy(thing)


def named_items(backend, transact_items):
    """Of each item that a transaction names: its table, its keys there and what it is now."""
    for write in transact_items:
        for operation in write.values():
            table = backend.tables.get(operation.get("TableName"))
            key = operation.get("Key") or operation.get("Item") or {}
            if table is not None and all(name in key for name in table.table_key_attrs):
                keys = [DynamoType(key[name]) for name in table.table_key_attrs]
                yield table, keys, copy.deepcopy(table.get_item(*keys))


def transact(backend, transact_items):
    before = list(named_items(backend, transact_items))
    try:
        return transact_write_items(backend, transact_items)
    except Exception:
        for table, keys, item in before:
            table.delete_item(*keys, *([None] if len(keys) == 1 else []))
            if item is not None and len(keys) == 2:
                table.items[keys[0]][keys[1]] = item
            elif item is not None:
                table.items[keys[0]] = item
        raise


def delete_known_table(backend, name):
    if name not in backend.tables:
        raise ResourceNotFoundException(table_name=name)
    return delete_table(backend, name)


def apply():
    DynamoDBBackend.delete_table = delete_known_table
    DynamoHandler.call_action = call_alone
    DynamoDBBackend.transact_write_items = transact
    models.copy = CopyWithoutTables
