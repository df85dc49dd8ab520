"""The two themes of sptui. Every state is told by a mark and a word as well: colour only helps."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="sptui-dark",
    primary="#6cb6ff",
    secondary="#8a9bb0",
    accent="#f2a65a",
    success="#7cc68d",
    warning="#e8bd5c",
    error="#ef7d84",
    foreground="#dbe2ea",
    background="#11151b",
    surface="#161c24",
    panel="#1f2731",
    dark=True,
    variables={
        "block-cursor-background": "#2b4a6b",
        "block-cursor-foreground": "#f4f8fc",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#26323f",
        "footer-key-foreground": "#f2a65a",
        "footer-background": "#161c24",
        "border": "#33414f",
        "border-blurred": "#26313c",
        "input-selection-background": "#6cb6ff 30%",
    },
)

LIGHT = Theme(
    name="sptui-light",
    primary="#0b62b0",
    secondary="#51616f",
    accent="#a85a00",
    success="#1d7a3a",
    warning="#8a6100",
    error="#b3202c",
    foreground="#1d2731",
    background="#fbfcfd",
    surface="#f1f4f7",
    panel="#e4e9ee",
    dark=False,
    variables={
        "block-cursor-background": "#cfe2f5",
        "block-cursor-foreground": "#10202f",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e2e9f0",
        "footer-key-foreground": "#a85a00",
        "footer-background": "#e9edf1",
        "border": "#b8c4cf",
        "border-blurred": "#d5dde4",
    },
)

THEMES = (DARK, LIGHT)
