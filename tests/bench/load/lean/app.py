"""The task-history list of a project as a lean FastAPI app would do it: no ORM, no schema of its own.

The same work as the service's route: check the token, find the account, find project and role, list the ten newest
tasks with who submitted them and what their attempts say. The same database, and three queries as there.
"""

import json
import os
from contextlib import asynccontextmanager

import asyncpg
import jwt
from fastapi import FastAPI, Header, HTTPException, Response

SECRET = os.environ["JWT_SECRET_KEY"]

USER = "SELECT id, is_active, is_deleted, email_verified FROM app_user WHERE id = $1"
MEMBER = """
SELECT p.id, m.role FROM project p JOIN project_membership m ON m.project_id = p.id
WHERE p.name = $1 AND m.user_id = $2 AND p.is_active AND NOT p.is_deleted"""
TASKS = """
SELECT t.id, u.email AS submitter_email, t.status, t.name, t.kwargs, t.result, t.worker, t.created_at, t.started_at,
       t.finished_at AS completed_at, t.attempt AS attempts, t.queue, a.wall_seconds
FROM task t LEFT JOIN app_user u ON u.id = t.user_id
     LEFT JOIN (SELECT task_id, extract(epoch FROM finished_at - started_at)::float8 AS wall_seconds, attempt
                FROM task_attempt) a ON a.task_id = t.id AND a.attempt = t.attempt
WHERE t.project_id = $1 ORDER BY t.id DESC LIMIT $2"""


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/task-history/projects/{name}")
async def of_project(name: str, limit: int = 10, authorization: str = Header()):
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"], audience="divbase-api")
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Not authenticated") from error
    if claims["type"] != "access_token":
        raise HTTPException(401, "Not authenticated")
    async with app.state.pool.acquire() as connection:
        user = await connection.fetchrow(USER, int(claims["sub"]))
        if user is None or not user["is_active"] or user["is_deleted"] or not user["email_verified"]:
            raise HTTPException(401, "Not authenticated")
        member = await connection.fetchrow(MEMBER, name, user["id"])
        if member is None:
            raise HTTPException(404, "Project not found")
        if member["role"] != "manage":
            raise HTTPException(403, "Not allowed")
        rows = await connection.fetch(TASKS, member["id"], limit)
    items = [dict(row) for row in rows]
    for item in items:
        item["kwargs"] = json.loads(item["kwargs"])
        item["result"] = json.loads(item["result"]) if item["result"] else None
    return Response(json.dumps(items, default=str), media_type="application/json")
