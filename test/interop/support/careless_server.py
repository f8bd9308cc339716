"""Somebody's server most of which nobody named to what protects it."""

import os

import uvicorn
from fastmcp import FastMCP

from countersign import Countersign

countersign = Countersign(
    issuer=os.environ["COUNTERSIGN_ISSUER"],
    resource=os.environ["NOTES_RESOURCE"],
    name="Careless",
    client_id=os.environ["COUNTERSIGN_CLIENT_ID"],
    client_secret=os.environ["COUNTERSIGN_CLIENT_SECRET"],
    tools={"add_note": "write:notes"},
    open=("prompts/get", "tools/call"),
)
mcp = FastMCP("Careless", auth=countersign.auth())


@mcp.tool
def bare() -> str:
    print("bare was reached", flush=True)
    return "done"


@mcp.resource("notes://secret")
def secret() -> str:
    print("secret was reached", flush=True)
    return "secret"


@mcp.prompt
def draft() -> str:
    print("draft was reached", flush=True)
    return "Write a note."


if __name__ == "__main__":
    app = countersign.protect(mcp.http_app(stateless_http=True))
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))
