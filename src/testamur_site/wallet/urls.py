from django.urls import path

from .addresses import views as addresses
from .views import documents, editions, embed, holder, printing, share

app_name = "wallet"
urlpatterns = [
    path("c/<slug:public_id>", share.share, name="share"),
    path("c/<slug:public_id>.json", documents.as_json, name="json"),
    path("c/<slug:public_id>.tlog-proof", documents.log_proof, name="proof"),
    path("c/<slug:public_id>.png", documents.as_png, name="png"),
    path("c/<slug:public_id>.svg", documents.as_svg, name="svg"),
    path("c/<slug:public_id>.pdf", documents.as_pdf, name="pdf"),
    path("c/<slug:public_id>/badge.png", documents.picture, name="picture"),
    path("c/<slug:public_id>/card.png", documents.card, name="card"),
    path("c/<slug:public_id>/qr.svg", documents.qr, name="qr"),
    path("c/<slug:public_id>/bundle.zip", documents.bundle, name="bundle"),
    path("c/<slug:public_id>/blockcerts", editions.edition, name="edition"),
    path("c/<slug:public_id>/blockcerts.tlog-proof", editions.proof, name="edition_proof"),
    path("c/<slug:public_id>/linkedin", share.linkedin, name="linkedin"),
    path("c/<slug:public_id>/visibility", share.visibility, name="visibility"),
    path("staff/<slug:slug>/batches/<str:public_id>/certificates", printing.certificates, name="certificates"),
    path("embed/<slug:public_id>", embed.embed, name="embed"),
    path("oembed", embed.oembed, name="oembed"),
    path("claim/<str:token>", holder.claim, name="claim"),
    path("p/<slug:public_id>", share.portfolio, name="portfolio"),
    path("wallet/", holder.home, name="home"),
    path("wallet/enter", holder.enter, name="enter"),
    path("wallet/enter/<str:secret>", holder.enter_by_link, name="enter_by_link"),
    path("wallet/leave", holder.leave, name="leave"),
    path("wallet/addresses", addresses.overview, name="addresses"),
    path("wallet/addresses/remove", addresses.remove, name="remove_address"),
    path("wallet/addresses/<str:secret>", addresses.confirm, name="confirm_address"),
    path("wallet/portfolio", holder.edit_portfolio, name="edit_portfolio"),
    path("wallet/export.zip", holder.export, name="export"),
    path("wallet/forget", holder.forget, name="forget"),
]
