"""Makes a FastMCP server a resource server of Countersign by token introspection (RFC 7662).

Copy this file. Each request asks the authorization server what its token is good for at that moment, so that a grant
that was revoked ends with the next call; a call of a tool is named in the question and recorded there.
"""

import hashlib
import json
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from fastmcp.server.auth import AccessToken, RemoteAuthProvider, TokenVerifier

MAX_BODY = 256 * 1024

# What the authorization server said of the token of the request at hand.
_answer: ContextVar[dict[str, Any] | None] = ContextVar("countersign_answer", default=None)


class _Introspected(TokenVerifier):
    async def verify_token(self, token: str) -> AccessToken | None:
        answer = _answer.get()
        # A token that is bound to a key (DPoP) takes a proof, which is not looked at here.
        if answer is None or not answer["active"] or "cnf" in answer:
            return None
        return AccessToken(
            token=token,
            client_id=answer["client_id"],
            scopes=answer["scope"].split(),
            expires_at=answer["exp"],
            resource=answer["aud"],
            subject=answer["sub"],
            claims=answer,
        )


class Countersign:
    """Who the server is, how it reaches the authorization server, and the scope that each of its tools needs."""

    def __init__(
        self, *, issuer: str, resource: str, name: str, client_id: str, client_secret: str, tools: dict[str, str]
    ) -> None:
        self.issuer, self.resource, self.name, self.tools = issuer, resource, name, tools
        parts = urlsplit(resource)
        self.origin, self.path, self.host = f"{parts.scheme}://{parts.netloc}", parts.path, parts.hostname
        self._metadata = f"{self.origin}/.well-known/oauth-protected-resource{self.path}"
        # RFC 6749 section 2.3.1: both halves are form-encoded.
        self._client = httpx2.AsyncClient(auth=(quote(client_id, safe=""), quote(client_secret, safe="")), timeout=5)

    def auth(self) -> RemoteAuthProvider:
        """For `FastMCP(auth=…)`: 401 with a challenge, and the metadata by which clients find where to sign in."""
        return RemoteAuthProvider(
            token_verifier=_Introspected(),
            authorization_servers=[self.issuer],
            base_url=self.origin,
            scopes_supported=["none"],
            resource_name=self.name,
        )

    def protect(self, app: Any) -> Any:
        """Puts the check of each call in front of an ASGI application."""

        async def protected(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"] != self.path:
                await app(scope, receive, send)
                return
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
            if not self._is_own_host(headers.get("host", "")):
                await _respond(send, 421, {"title": "This server does not answer under that host name."})
                return
            scheme, _, token = headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or token == "":
                await app(scope, receive, send)
                return
            body = await _read(receive)
            if body is None:
                await _respond(send, 413, {"title": "The request is too large."})
                return
            try:
                _answer.set(await self._ask(token, {}))
                refusal = await self._refuse(token, body)
                told = None if refusal is None else await self._told_in_band(token, refusal)
            except (httpx2.HTTPError, ValueError):
                # Not 401: the token may be good, and clients would throw it away.
                title = "Authorizations cannot be checked right now. Try again in a few seconds."
                await _respond(send, 503, {"title": title}, {"retry-after": "5"})
                return
            if told is not None and (call := _single_call(body)) is not None:
                content = [{"type": "text", "text": json.dumps({**(refusal or {}), "message": told})}]
                result = {"isError": True, "content": content}
                await _respond(send, 200, {"jsonrpc": "2.0", "id": call, "result": result})
                return
            if refusal is not None:
                await _respond(send, 403, refusal, {"www-authenticate": self._challenge(refusal)})
                return
            await app(scope, _replay(body, receive), send)

        return protected

    async def _refuse(self, token: str, body: bytes) -> dict[str, Any] | None:
        """Judges and records every call in the request; the first that may not run is told."""
        for name, arguments in _calls(body):
            answer = _answer.get() or {}
            if not answer.get("active"):
                return None
            needed = answer["tools"].get(name) or self.tools.get(name)
            if needed == "none":
                continue
            canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            context = {
                "tool_name": name,
                "tool_scope": needed or "unlisted",
                "argument_digest": hashlib.sha256(canonical.encode()).hexdigest(),
            }
            answer = await self._ask(token, context)
            if answer["active"] and not answer["call"]["allowed"]:
                return {
                    "error": "insufficient_scope",
                    "error_description": f"{name} needs the scope {needed}",
                    "error_type": "authorization_error",
                    "tool_name": name,
                    "required_scope": needed,
                    "current_scopes": sorted({grant["scope"] for grant in answer["grants"]}),
                    "approval_type": answer["approval_types"].get(needed, "forbidden"),
                    "user_email": answer["username"],
                }
        return None

    async def _told_in_band(self, token: str, refusal: dict[str, Any]) -> str | None:
        """What clients get in the tool's result: those that cannot ask for scopes, and those that were refused just now.

        Sent away again, stock clients would ask for the same at once, for ever.
        """
        name, needed = refusal["tool_name"], refusal["required_scope"]
        answer = await self._ask(token, {"tool_scope": needed or "unlisted"})
        if (last := answer.get("cool_down")) is not None:
            why = f": {last['reason']}" if last["reason"] else ""
            return f"{name} needs the scope {needed}, which was refused just now{why}. Nobody is asked before {last['until']}."
        if answer.get("in_band"):
            return f"{name} needs the scope {needed}. Ask for it with request_authorization of your Countersign server."
        return None

    async def _ask(self, token: str, context: dict[str, str]) -> dict[str, Any]:
        response = await self._client.post(f"{self.issuer}/oauth/introspect", data={"token": token, **context})
        response.raise_for_status()
        return response.json()

    def _challenge(self, refusal: dict[str, Any]) -> str:
        """What is held comes too: some clients ask for just the scopes that are named here."""
        scopes = " ".join(dict.fromkeys([refusal["required_scope"] or "none", "none", *refusal["current_scopes"]]))
        return f'Bearer error="insufficient_scope", scope="{scopes}", resource_metadata="{self._metadata}"'

    def _is_own_host(self, host: str) -> bool:
        """Pages that rebind a DNS name to this server are refused."""
        loopback = {"localhost", "127.0.0.1", "::1"}
        name = urlsplit(f"//{host}").hostname
        return name in (loopback if self.host in loopback else {self.host})


def _calls(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    """The tool calls of a JSON-RPC message, or of a batch of them. What is none is for the server to refuse."""
    try:
        message = json.loads(body)
    except ValueError:
        return []
    found = []
    for one in message if isinstance(message, list) else [message]:
        if isinstance(one, dict) and one.get("method") == "tools/call" and isinstance(one.get("params"), dict):
            found.append((str(one["params"].get("name")), one["params"].get("arguments") or {}))
    return found


def _single_call(body: bytes) -> str | int | None:
    """The id of the call when it is the whole request."""
    message = json.loads(body)
    return message.get("id") if isinstance(message, dict) else None


async def _read(receive: Any) -> bytes | None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return None
    return body


def _replay(body: bytes, receive: Any) -> Any:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return waiting.pop() if waiting else await receive()

    return again


async def _respond(send: Any, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    body = json.dumps(content).encode()
    given = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
    pairs = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
