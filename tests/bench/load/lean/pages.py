"""Four pages of a project as a lean FastAPI and Jinja app would make them: no ORM, no schema of its own.

The same database and the same particulars on the page; what our pages keep in memory is read anew for each, as such apps do.
"""

import os
from contextlib import asynccontextmanager

import asyncpg
import jwt
from fastapi import Cookie, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from app import MEMBER, SECRET, TASKS, USER

COUNTS = """
WITH present AS (
    SELECT v.verdict, v.record_count, v.samples_id, v.scaffolds_id
    FROM present_file p JOIN file_version v ON v.id = p.file_version_id WHERE p.project_id = $1)
SELECT (SELECT count(*) FROM present WHERE verdict = 'vcf') AS files,
       (SELECT coalesce(sum(record_count), 0)::bigint FROM present) AS records,
       (SELECT count(DISTINCT item) FROM text_list l, unnest(l.items) AS item
        WHERE l.id IN (SELECT samples_id FROM present)) AS samples"""
FILES = """
SELECT p.object_key, v.size_bytes, v.record_count, cardinality(l.items) AS samples, v.fault, p.updated_at
FROM present_file p JOIN file_version v ON v.id = p.file_version_id LEFT JOIN text_list l ON l.id = v.samples_id
WHERE p.project_id = $1 ORDER BY p.object_key LIMIT 200"""
SAMPLES = """
SELECT DISTINCT item FROM text_list l, unnest(l.items) AS item
WHERE l.id IN (SELECT v.samples_id FROM present_file p JOIN file_version v ON v.id = p.file_version_id
               WHERE p.project_id = $1)
ORDER BY item LIMIT 100"""

PAGE = """<!DOCTYPE html><html lang="en"><head><title>{{ name }}</title></head><body><h1>{{ name }}</h1>%s</body></html>"""
TABLE = """<table><thead><tr>{% for key in rows[0].keys() %}<th>{{ key }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row.values() %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>"""

templates = Environment(autoescape=True)
OVERVIEW_PAGE = templates.from_string(
    PAGE % "<ul>{% for key, value in rows[0].items() %}<li><b>{{ value }}</b> {{ key }}</li>{% endfor %}</ul>"
)
TABLE_PAGE = templates.from_string(PAGE % TABLE)


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


async def page(name, session, query, template, *arguments):
    try:
        claims = jwt.decode(session, SECRET, algorithms=["HS256"], audience="divbase-api")
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Not authenticated") from error
    async with app.state.pool.acquire() as connection:
        user = await connection.fetchrow(USER, int(claims["sub"]))
        if user is None or not user["is_active"] or user["is_deleted"] or not user["email_verified"]:
            raise HTTPException(401, "Not authenticated")
        member = await connection.fetchrow(MEMBER, name, user["id"])
        if member is None:
            raise HTTPException(404, "Project not found")
        rows = await connection.fetch(query, member["id"], *arguments)
    return HTMLResponse(template.render(name=name, rows=[dict(row) for row in rows]))


@app.get("/projects/{name}/overview")
async def overview(name: str, session: str = Cookie()):
    return await page(name, session, COUNTS, OVERVIEW_PAGE)


@app.get("/projects/{name}/files")
async def files(name: str, session: str = Cookie()):
    return await page(name, session, FILES, TABLE_PAGE)


@app.get("/projects/{name}/samples")
async def samples(name: str, session: str = Cookie()):
    return await page(name, session, SAMPLES, TABLE_PAGE)


@app.get("/projects/{name}/tasks")
async def tasks(name: str, session: str = Cookie()):
    return await page(name, session, TASKS, TABLE_PAGE, 50)
