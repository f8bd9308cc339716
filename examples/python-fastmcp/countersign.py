"""Makes a FastMCP server a resource server of Countersign by token introspection (RFC 7662).

Copy this file. Each request asks the authorization server what its token is good for at that moment, so that a grant
that was revoked ends with the next call; a call of a tool is named in the question and recorded there.
"""

import asyncio
import hashlib
import json
import re
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import jwt
from fastmcp.server.auth import AccessToken, RemoteAuthProvider, TokenVerifier

MAX_BODY = 256 * 1024
# Seconds in which a request has been sent whole.
BODY_WITHIN = 30
# Seconds between two looks for a key that is not known.
KEYS_ASKED_EVERY = 30
# What tells no more than how the server is spoken to and what it is said to have.
DESCRIBING = {
    *("initialize", "ping", "server/discover", "logging/setLevel"),
    *("tools/list", "resources/list", "resources/templates/list", "prompts/list"),
}
BOUND = (
    "This server takes no tokens that are bound to a key (DPoP), as it does not look at proofs. "
    "Sign in again without DPoP, and use the Bearer token that you then get."
)
BEARER = re.compile(r"(?i:bearer) ([A-Za-z0-9._~+/-]+=*)")

# The token of the request at hand, and what the authorization server said of it.
_judged: ContextVar[tuple[str, dict[str, Any]] | None] = ContextVar("countersign_judged", default=None)


class _Introspected(TokenVerifier):
    async def verify_token(self, token: str) -> AccessToken | None:
        judged = _judged.get()
        if judged is None or judged[0] != token:
            return None
        answer = judged[1]
        return AccessToken(
            token=token,
            client_id=answer["client_id"],
            scopes=answer["scope"].split(),
            expires_at=answer["exp"],
            resource=answer["aud"],
            subject=answer["sub"],
            claims=answer,
        )


class _Keys:
    """Tells the tokens that the authorization server signed for this server, so that made-up ones cost it no question.

    What such a token is good for is another matter, which it is asked about each time.
    """

    def __init__(self, issuer: str, resource: str) -> None:
        self._issuer, self._resource = issuer, resource
        self._known: dict[str, jwt.PyJWK] = {}
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def signed(self, token: str, client: httpx2.AsyncClient) -> bool:
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header.get("kid"), client) if header.get("typ") == "at+jwt" else None
            if key is None:
                return False
            expected = {"issuer": self._issuer, "audience": self._resource}
            jwt.decode(token, key, algorithms=["ES256"], options={"verify_iat": False, "require": ["exp"]}, **expected)
        except jwt.PyJWTError:
            return False
        return True

    async def _key(self, kid: Any, client: httpx2.AsyncClient) -> jwt.PyJWK | None:
        if not isinstance(kid, str) or kid in self._known:
            return self._known.get(kid)
        async with self._asking:
            now = time.monotonic()
            if kid not in self._known and (self._asked_at is None or now - self._asked_at > KEYS_ASKED_EVERY):
                self._known = await self._fetch(client)
                self._asked_at = now
        return self._known.get(kid)

    async def _fetch(self, client: httpx2.AsyncClient) -> dict[str, jwt.PyJWK]:
        metadata = await _get(client, f"{self._issuer}/.well-known/oauth-authorization-server")
        if metadata["issuer"] != self._issuer:
            raise ValueError("the authorization server calls itself another issuer")
        try:
            keys = jwt.PyJWKSet.from_dict(await _get(client, metadata["jwks_uri"])).keys
        except jwt.PyJWTError as error:
            raise ValueError("the authorization server has no usable keys") from error
        return {key.key_id: key for key in keys if key.key_id}


class _Answered(Exception):
    """The request is answered here; nothing of it reaches the server behind."""

    def __init__(self, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.content, self.headers = status, content, headers


class Countersign:
    """Who the server is, how it reaches the authorization server, and the scope that each of its tools needs.

    Tools that are not named are refused, and so are resources, prompts, completions and subscriptions, but for the
    methods in `open`, such as "resources/read": those answer everybody who is signed in, whatever they hold.
    """

    def __init__(
        self,
        *,
        issuer: str,
        resource: str,
        name: str,
        client_id: str,
        client_secret: str,
        tools: dict[str, str],
        open: tuple[str, ...] = (),
    ) -> None:
        self.issuer, self.resource, self.name, self.tools = issuer.rstrip("/"), resource, name, tools
        self._reachable = DESCRIBING | set(open)
        self._keys = _Keys(self.issuer, resource)
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
            # First of all: a pipelined request runs in the context of the one before it.
            _judged.set(None)
            if scope["type"] != "http" or scope["path"] != self.path:
                await app(scope, receive, send)
                return
            try:
                body = await self._judge(scope, receive)
            except _Answered as answered:
                await _respond(send, answered.status, answered.content, answered.headers)
            except (httpx2.HTTPError, ValueError):
                # Not 401: the token may be good, and clients would throw it away.
                title = "Authorizations cannot be checked right now. Try again in a few seconds."
                await _respond(send, 503, {"title": title}, {"retry-after": "5"})
            else:
                await app({**scope, "headers": _with_length(scope["headers"], body)}, _replay(body, receive), send)

        return protected

    async def _judge(self, scope: Any, receive: Any) -> bytes:
        """The body to hand on, when the request may pass: what was judged, written anew, and nothing else."""
        if not self._is_own_host(_only(scope, b"host") or ""):
            raise _Answered(421, {"title": "This server does not answer under that host name."})
        given = _only(scope, b"authorization")
        if given is None:
            raise self._unauthorized("There is no access token.", "")
        bearer = BEARER.fullmatch(given)
        if bearer is None and given.lower().startswith("dpop "):
            raise self._unauthorized(BOUND)
        if bearer is None:
            raise self._unauthorized("The authorization is no bearer token.")
        token = bearer[1]
        if not await self._keys.signed(token, self._client):
            raise self._unauthorized("The access token is not good here.")
        message = _parse(await _read(receive)) if scope["method"] == "POST" else None
        call = None if message is None else self._named(message)
        answer = await self._introspect(token, call)
        if message is not None:
            await self._decide(token, answer, message, call)
        _judged.set((token, answer))
        return b"" if message is None else json.dumps(message).encode()

    def _named(self, message: dict[str, Any]) -> dict[str, str] | None:
        """A call of a tool that has a scope here: named in the question about its caller, it is judged and recorded too."""
        if message.get("method") != "tools/call" or not isinstance(params := message.get("params"), dict):
            return None
        name = params.get("name")
        needed = self.tools.get(name) if isinstance(name, str) else None
        return None if needed is None else _context(name, needed, params)

    async def _decide(
        self, token: str, answer: dict[str, Any], message: dict[str, Any], call: dict[str, str] | None
    ) -> None:
        """Lets through what was decided about, by the scope of a tool or by its method; nothing else."""
        method = message.get("method")
        if method == "tools/call":
            await self._begin(token, answer, message, call)
        elif "id" not in message:
            if not str(method).startswith("notifications/"):
                raise _Answered(400, {"title": "The request is not one JSON-RPC message."})
        # Without a method it answers a question of the server.
        elif "method" in message and method not in self._reachable:
            raise _not_found(message, -32601, "Method not found, or not opened")

    async def _begin(
        self, token: str, answer: dict[str, Any], message: dict[str, Any], call: dict[str, str] | None
    ) -> None:
        """Lets a call begin that was judged and recorded."""
        params = message.get("params")
        name = params.get("name") if isinstance(params, dict) else None
        if call is None:
            # The policy alone may say what it needs.
            needed = answer["tools"].get(name) if isinstance(name, str) else None
            if needed is None:
                raise _not_found(message, -32602, f"Tool {name} not found, or not protected")
            answer = await self._introspect(token, _context(name, needed, params))
        judged = answer.get("call")
        if judged is None:
            raise ValueError("the authorization server has not judged the call")
        if judged["allowed"] is True:
            return
        needed = judged["scope"]
        refusal = {
            "error": "insufficient_scope",
            "error_description": f"{name} needs the scope {needed}",
            "error_type": "authorization_error",
            "tool_name": name,
            "required_scope": needed,
            "current_scopes": sorted({grant["scope"] for grant in answer["grants"]}),
            "approval_type": answer["approval_types"].get(needed, "forbidden"),
            "user_email": answer["username"],
        }
        told = await self._told_in_band(token, refusal)
        if told is None:
            raise _Answered(403, refusal, {"www-authenticate": self._challenge(refusal)})
        content = [{"type": "text", "text": json.dumps({**refusal, "message": told})}]
        result = {"isError": True, "content": content}
        raise _Answered(200, {"jsonrpc": "2.0", "id": message.get("id"), "result": result})

    async def _told_in_band(self, token: str, refusal: dict[str, Any]) -> str | None:
        """What clients get in the tool's result: those that cannot ask for scopes, and those that were refused just now.

        Sent away again, stock clients would ask for the same at once, for ever.
        """
        name, needed = refusal["tool_name"], refusal["required_scope"]
        answer = await self._introspect(token, {"tool_scope": needed})
        if (last := answer.get("cool_down")) is not None:
            why = f": {last['reason']}" if last["reason"] else ""
            return f"{name} needs the scope {needed}, which was refused just now{why}. Nobody is asked before {last['until']}."
        if answer.get("in_band"):
            return f"{name} needs the scope {needed}. Ask for it with request_authorization of your Countersign server."
        return None

    async def _introspect(self, token: str, context: dict[str, str] | None = None) -> dict[str, Any]:
        """What the token is good for at this moment; 401 when that is nothing."""
        asked = {"token": token, **(context or {})}
        response = await self._client.post(f"{self.issuer}/oauth/introspect", data=asked)
        response.raise_for_status()
        answer = response.json()
        if answer["active"] is not True:
            raise self._unauthorized("The access token is not good here.")
        # A token that is bound to a key (DPoP) takes a proof, which is not looked at here.
        if "cnf" in answer:
            raise self._unauthorized(BOUND)
        return answer

    def _unauthorized(self, why: str, error: str = 'error="invalid_token", ') -> _Answered:
        challenge = f'Bearer {error}scope="none", resource_metadata="{self._metadata}"'
        return _Answered(401, {"error": "invalid_token", "error_description": why}, {"www-authenticate": challenge})

    def _challenge(self, refusal: dict[str, Any]) -> str:
        """What is held comes too: some clients ask for just the scopes that are named here."""
        scopes = " ".join(dict.fromkeys([refusal["required_scope"], "none", *refusal["current_scopes"]]))
        return f'Bearer error="insufficient_scope", scope="{scopes}", resource_metadata="{self._metadata}"'

    def _is_own_host(self, host: str) -> bool:
        """Pages that rebind a DNS name to this server are refused."""
        loopback = {"localhost", "127.0.0.1", "::1"}
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name in (loopback if self.host in loopback else {self.host})


def _context(name: str, needed: str, params: dict[str, Any]) -> dict[str, str]:
    """A call that wants to begin, by the digest of its arguments."""
    canonical = json.dumps(params.get("arguments") or {}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return {"tool_name": name, "tool_scope": needed, "argument_digest": digest}


async def _get(client: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    # Public: the credentials are not for it.
    response = await client.get(address, auth=None)
    response.raise_for_status()
    return response.json()


def _not_found(message: dict[str, Any], code: int, text: str) -> _Answered:
    """The same whether there is nothing of that name, or nothing that callers may reach."""
    error = {"code": code, "message": text}
    return _Answered(200, {"jsonrpc": "2.0", "id": message.get("id"), "error": error})


def _only(scope: Any, name: bytes) -> str | None:
    """A header that must not come twice: the server behind might go by the other one."""
    found = [value for key, value in scope["headers"] if key.lower() == name]
    if len(found) > 1:
        raise _Answered(400, {"title": f"The header {name.decode()} came more than once."})
    return found[0].decode("latin-1") if found else None


def _parse(body: bytes) -> dict[str, Any]:
    """A JSON-RPC message. What cannot be read, or be written anew, is not handed on."""
    try:
        message = json.loads(body)
        json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise _Answered(400, {"title": "The request is not one JSON-RPC message."})
    return message


async def _read(receive: Any) -> bytes:
    try:
        return await asyncio.wait_for(_whole(receive), BODY_WITHIN)
    except asyncio.TimeoutError:
        title = f"The request did not come whole within {BODY_WITHIN} seconds."
        raise _Answered(408, {"title": title}, {"connection": "close"}) from None


async def _whole(receive: Any) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        # What came until then is not what was meant.
        if message["type"] == "http.disconnect":
            raise _Answered(400, {"title": "The request was broken off."})
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise _Answered(413, {"title": "The request is too large."})
    return bytes(body)


def _with_length(headers: Any, body: bytes) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", str(len(body)).encode())]


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
