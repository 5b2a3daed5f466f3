"""The OpenAPI 3.1 document, made from the table of resources: what is not in the table is neither told nor answered."""

from __future__ import annotations

from typing import Any

from dashboard.api.problems import MEDIA, TITLES, TYPE
from dashboard.api.questions import Parameter, parameters_of
from dashboard.api.resources import RESOURCES, Resource
from dashboard.door import addresses
from settings import ApiSettings

OPENAPI, VERSION = "3.1.0", "1.0.0"
PROBLEMS = {
    "400": "A parameter cannot be used: the problem names the field and the fix.",
    "401": "No token, or one that opens nothing: wrong, withdrawn, or over.",
    "403": "An area outside the scope of the token.",
    "404": "A snapshot, an area or a population version that is not there.",
    "409": "`snapshot` and `as_of` name different snapshots.",
    "429": "Too many questions in this minute; `Retry-After` says when to come back.",
    "503": "Nothing can be answered now; `Retry-After` says when to come back.",
}
INSTANT = {"type": "string", "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}


def document(settings: ApiSettings) -> dict[str, Any]:
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Vaccination response centre: figures for machines",
            "version": VERSION,
            "description": "Every number is that of the pages and reports of the same snapshot, to the digit. Ratios "
            "are of 1; null is 'not known', never zero. The nation's totals are told to every token, areas within its "
            "scope.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {f"{addresses.API}/{item.name}": {"get": _operation(item, settings)} for item in RESOURCES.values()},
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token has a scope, an end, and can be withdrawn (app.py reader).",
                }
            },
            "schemas": {"Problem": _problem(), **{item.id: _answer(item) for item in RESOURCES.values()}},
        },
    }


def _operation(resource: Resource, settings: ApiSettings) -> dict[str, Any]:
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{resource.id}"}},
    }
    if resource.is_paged:
        content["text/csv"] = {"schema": {"type": "string"}}
    return {
        "operationId": resource.id,
        "summary": resource.told,
        "parameters": [_parameter(item, resource) for item in parameters_of(resource, settings)],
        "responses": {
            "200": {"description": "The answer; its ETag is of its contents.", "content": content},
            "304": {"description": "What If-None-Match names still is the answer."},
            **{
                status: {
                    "description": told,
                    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, told in PROBLEMS.items()
            },
        },
    }


def _parameter(item: Parameter, resource: Resource) -> dict[str, Any]:
    needed = item.name in resource.needs
    return {
        "name": item.name,
        "in": "query",
        "required": needed,
        "description": item.told,
        "schema": dict(item.schema),
    }


def _answer(resource: Resource) -> dict[str, Any]:
    if resource.schema is not None:
        return dict(resource.schema)
    row = _object({column.name: column.schema for column in resource.columns})
    return _object(
        {
            "resource": {"const": resource.name},
            "snapshot": {**COUNT, "description": "number of the snapshot that answers"},
            "content_hash": {"type": "string", "description": "of all that the snapshot holds"},
            "as_of": {**INSTANT, "description": "what the snapshot tells: campaign time"},
            "published_at": {**INSTANT, "description": "wall time"},
            "denominator": {"type": "string", "description": "population version that ratios divide by"},
            "demonstration_one_in": {
                "type": ["integer", "null"],
                "description": "null in earnest; N where the data are a made-up sample of one person in N",
            },
            "scope": {"type": "string", "description": "of the token: vn, or p- and the codes of provinces"},
            "total": {**COUNT, "description": "rows on all pages"},
            "limit": COUNT,
            "offset": COUNT,
            "next": {"type": ["string", "null"], "description": "address of the next page, of the same snapshot"},
            "rows": {"type": "array", "items": row},
        }
    )


def _problem() -> dict[str, Any]:
    """RFC 9457."""
    fault = _object({name: {"type": "string"} for name in ("field", "wrong", "fix")})
    found = _object(
        {
            "type": {"enum": [TYPE + kind for kind in TITLES]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        }
    )
    found["properties"]["errors"] = {"type": "array", "items": fault, "minItems": 1}
    return found


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    """With all of them and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
