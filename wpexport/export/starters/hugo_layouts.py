"""Layouts with which the export to Hugo builds without a theme, and the partial that shows comments.

They are in the folders that Hugo reads before and after its new template system of 0.146.
"""

from __future__ import annotations

from collections.abc import Mapping

_BASE = """\
<!DOCTYPE html>
<html lang="{{ site.Language.Lang }}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{ if .IsHome }}{{ site.Title }}{{ else }}{{ .Title }} | {{ site.Title }}{{ end }}</title>
  {{- with .Params.summary }}
  <meta name="description" content="{{ . }}">
  {{- end }}
  <link rel="canonical" href="{{ .Permalink }}">
  {{- with .OutputFormats.Get "rss" }}
  <link rel="alternate" type="application/rss+xml" href="{{ .Permalink }}" title="{{ site.Title }}">
  {{- end }}
  <style>
    body { max-width: 42rem; margin: 0 auto; padding: 1rem; color: #222; }
    body { font: 1.05rem/1.6 system-ui, sans-serif; }
    a { color: #0b5cad; }
    img, video, iframe { max-width: 100%; height: auto; }
    iframe { aspect-ratio: 16 / 9; width: 100%; }
    pre, table { overflow-x: auto; display: block; }
    pre { padding: .8rem; background: #f4f4f4; }
    td, th { border: 1px solid #ccc; padding: .2rem .5rem; }
    blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid #ccc; }
    .meta, footer, time { color: #666; font-size: .9rem; }
    .comments ol { list-style: none; padding-left: 1rem; border-left: 1px solid #ddd; }
    .comments > ol { padding-left: 0; border-left: 0; }
  </style>
</head>
<body>
  <header>
    <p><a href="{{ site.Home.RelPermalink }}">{{ site.Title }}</a>
    {{- with site.Params.description }} <span class="meta">{{ . }}</span>{{ end }}</p>
  </header>
  <main>
{{ block "main" . }}{{ end }}
  </main>
</body>
</html>
"""

_SINGLE = """\
{{ define "main" -}}
<article>
  <h1>{{ .Title }}</h1>
  {{- if or (not .Date.IsZero) .Params.author }}
  <p class="meta">
    {{- if not .Date.IsZero }}<time datetime="{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}">
    {{- .Date.Format "2006-01-02" }}</time>{{ end }}
    {{- with .Params.author }} · {{ . }}{{ end }}</p>
  {{- end }}
  {{- with .Params.featured_image }}
  <p><img src="{{ . }}" alt="{{ $.Params.featured_image_alt }}"></p>
  {{- end }}
{{ .Content }}
{{ partial "terms.html" . }}
{{ partial "comments.html" . }}
{{- if not .IsPage }}{{ with .Pages }}
<ul>
  {{- range . }}
  <li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a></li>
  {{- end }}
</ul>
{{- end }}{{ end }}
</article>
{{- end }}
"""

_LIST = """\
{{ define "main" -}}
{{ if not .IsHome }}<h1>{{ .Title }}</h1>{{ end }}
{{ .Content }}
{{- $pages := .Pages }}
{{- if .IsHome }}{{ $pages = site.RegularPages }}{{ end }}
<ul>
  {{- range $pages }}
  <li>{{ if not .Date.IsZero }}<time>{{ .Date.Format "2006-01-02" }}</time> {{ end -}}
  <a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a></li>
  {{- end }}
</ul>
{{- if .IsHome }}{{ partial "comments.html" . }}{{ end }}
{{- end }}
"""

_TERMS = """\
{{- $page := . }}
{{- range $taxonomy, $_ := site.Taxonomies }}
{{- with $page.GetTerms $taxonomy }}
<p class="meta">
  {{- with site.GetPage (print "/" $taxonomy) }}{{ .LinkTitle }}{{ else }}{{ $taxonomy }}{{ end }}:
  {{- range $index, $term := . }}{{ if $index }},{{ end }}
  <a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>
  {{- end }}</p>
{{- end }}
{{- end }}
"""

_COMMENTS = """\
{{- /* The threads of comments.json, which lies beside the text. The list is in reading order. */ -}}
{{- with .Resources.Get "comments.json" }}
{{- $data := . | transform.Unmarshal }}
{{- with $data.comments }}
<section class="comments" id="comments">
<h2>Comments</h2>
{{- $depth := 0 }}
{{- range . }}
{{- $here := int .depth }}
{{- if gt $here $depth }}
<ol>
{{- else }}
</li>
{{- range seq (sub $depth $here) }}
</ol></li>
{{- end }}
{{- end }}
{{- $depth = $here }}
<li{{ with .id }} id="comment-{{ int . }}"{{ end }}>
{{- if .missing }}
<p><em>{{ .text | default "This comment is no longer there." }}</em></p>
{{- else }}
{{ partial "comment.html" (dict "page" $ "comment" .) }}
{{- end }}
{{- end }}
{{- range seq $depth }}
</li></ol>
{{- end }}
</section>
{{- end }}
{{- with $data.pings }}
<section class="comments" id="pings">
<h2>Pingbacks</h2>
{{- range . }}
<div{{ with .id }} id="comment-{{ int . }}"{{ end }}>
{{ partial "comment.html" (dict "page" $ "comment" .) }}
</div>
{{- end }}
</section>
{{- end }}
{{- end }}
"""

_COMMENT = """\
{{- with .comment -}}
{{- $name := .author | default "Anonymous" -}}
<p>
{{- with .author_url }}<strong><a href="{{ . }}" rel="nofollow ugc">{{ $name }}</a></strong>
{{- else }}<strong>{{ $name }}</strong>{{ end }}
{{- with .date }} <time datetime="{{ . }}">{{ (time.AsTime .).Format "2006-01-02 15:04" }}</time>{{ end }}
{{- with .id }} <a href="#comment-{{ int . }}">#</a>{{ end }}
{{- with .status }} ({{ . }}){{ end }}</p>
{{ with .text }}{{ $.page.RenderString (dict "display" "block") . }}{{ end }}
{{- end }}
"""

LAYOUTS: Mapping[str, str] = {
    "layouts/_default/baseof.html": _BASE,
    "layouts/_default/list.html": _LIST,
    "layouts/_default/single.html": _SINGLE,
    "layouts/partials/comment.html": _COMMENT,
    "layouts/partials/comments.html": _COMMENTS,
    "layouts/partials/terms.html": _TERMS,
}
