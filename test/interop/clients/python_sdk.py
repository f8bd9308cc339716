"""An app around the Python SDK, as the apps around the others (host.ts): a line of JSON each way."""

import asyncio
import json
import sys
from urllib.parse import parse_qs, urlsplit

from mcp import Client, MCPError
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata
from mcp.shared._httpx_utils import create_mcp_http_client


class Memory:
    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def say(line):
    print(json.dumps(line), flush=True)


async def main(server_url):
    answers = asyncio.Queue()

    async def answered(reader, writer):
        request = (await reader.readline()).decode()
        await answers.put({name: values[0] for name, values in parse_qs(urlsplit(request.split(" ")[1]).query).items()})
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answered, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]

    async def redirect(address):
        say({"open": address})

    async def callback():
        params = await answers.get()
        if "error" in params:
            raise RuntimeError(f"{params['error']}: {params.get('error_description')}")
        return AuthorizationCodeResult(code=params["code"], state=params.get("state"), iss=params.get("iss"))

    storage = Memory()
    metadata = OAuthClientMetadata(
        client_name="An app on the Python SDK",
        redirect_uris=[f"http://127.0.0.1:{port}/callback"],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        token_endpoint_auth_method="none",
    )
    calls = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(calls), sys.stdin)

    # What fails while it signs in takes the connection along: the app says so and connects again.
    ready = False
    while True:
        call = None
        try:
            auth = OAuthClientProvider(server_url, metadata, storage, redirect, callback)
            async with create_mcp_http_client(auth=auth) as http:
                async with Client(streamable_http_client(server_url, http_client=http)) as client:
                    await client.list_tools()
                    if not ready:
                        say({"ready": True})
                    ready = True
                    while line := await calls.readline():
                        call = json.loads(line)
                        say({"id": call["id"], "outcome": await outcome(client, call)})
                        call = None
                    return
        except Exception as error:
            if call is None:
                raise
            say({"id": call["id"], "outcome": failed(innermost(error))})


def innermost(error):
    return innermost(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


def failed(error):
    return {"kind": "failed", "error": type(error).__name__, "message": str(error)}


async def outcome(client, call):
    try:
        result = await client.call_tool(call["tool"], call["args"])
    except MCPError as error:
        return failed(error)
    return {
        "kind": "result",
        "isError": bool(result.is_error),
        "text": "\n".join(getattr(part, "text", "") for part in result.content),
        "structured": result.structured_content,
    }


asyncio.run(main(sys.argv[1]))
