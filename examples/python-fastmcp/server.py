import os

import uvicorn
from fastmcp import FastMCP

from countersign import Countersign

countersign = Countersign(
    issuer=os.environ.get("COUNTERSIGN_ISSUER", "http://localhost:8002"),
    resource=os.environ.get("NOTES_RESOURCE", "http://localhost:9000/mcp"),
    name="Notes",
    client_id=os.environ["COUNTERSIGN_CLIENT_ID"],
    client_secret=os.environ["COUNTERSIGN_CLIENT_SECRET"],
    tools={"add_note": "write:notes"},
)
mcp = FastMCP("Notes", auth=countersign.auth())
notes: list[str] = []


@mcp.tool
def add_note(text: str) -> str:
    """Adds a note."""
    notes.append(text)
    return f"There are {len(notes)} notes."


if __name__ == "__main__":
    app = countersign.protect(mcp.http_app(stateless_http=True))
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "9000")))
